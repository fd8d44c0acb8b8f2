"""What people do with posts, steered from outside: `/_emulator/`."""
