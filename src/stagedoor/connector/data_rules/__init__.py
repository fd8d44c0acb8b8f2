"""Rules for data: how long each kind is kept, deletion after a removed authorization, and a
person's data."""
