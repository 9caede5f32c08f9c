"""What `lse explain` shows: two formulas step by step, and how far each is from the truth.

accounts    what the textbook formula and the stable one do, in one type
exact       the truth, in decimal arithmetic
distance    how far a number is from the truth
marks       where inf, nan or 0 appears
reasons     why, in one sentence
picture     all of it for a terminal
record      all of it for a program
"""
