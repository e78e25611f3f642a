"""What is done with a talk: holding, handing on, asking a third, parking, listening, recording."""
