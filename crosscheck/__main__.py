"""`python -m crosscheck` is the command line."""

from crosscheck.commands.main import main

if __name__ == "__main__":
    main()
