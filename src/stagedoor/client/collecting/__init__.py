"""Collections of research data: a folder that fills over days, without losing or doubling a row."""
