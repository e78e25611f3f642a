"""`gateway graph`: flows as drawings (Mermaid, DOT, SVG), and who can reach a person or a step, and how."""
