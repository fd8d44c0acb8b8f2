"""An agent's grants: toggles for people, Cedar policies for the decision."""
