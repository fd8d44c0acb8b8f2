"""What an agent was given: toggles for people, Cedar policies for the decision."""
