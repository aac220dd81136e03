"""The subcommands of `sanzi`, one file each."""
