"""Copies of people's data: asked for, collected, downloaded, expired."""
