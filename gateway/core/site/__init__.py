"""What the core knows of one version of a site: people, teams, numbers, clients, flows."""
