"""`python -m sellwell`: the commands."""

from sellwell.cli.app import main

if __name__ == "__main__":
    main()
