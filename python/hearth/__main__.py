"""`python -m hearth` is the console script `hearth`."""

from hearth.command import main

main()
