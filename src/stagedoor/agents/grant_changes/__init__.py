"""Changes of an agent's grants: routes, and a preview of the consequences."""
