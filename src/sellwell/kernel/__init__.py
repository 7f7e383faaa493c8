"""The kernel: one door for every change of state. It knows no word of selling."""
