"""A noisy neighbour: one organisation attacks the service while another one works.

`stage` runs the processes, `attacks` is the attacking organisation (a process of its own), and
`neighbour` is the organisation that must not notice.
"""
