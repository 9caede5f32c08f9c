"""What `lse loss` answers: how good the logits of a file are, given what was right.

    arguments   what the command is asked
    targets     one class a row, or probabilities: found out by shape, checked before anything else
    weights     what each class counts
    pairs       logits and targets side by side, whole rows at a time
    turning     a copy with whole rows, where the rows of the file are too scattered
    total       sums that do not depend on where a file is cut
    score       loss, accuracy, calibration at one temperature
    slope       how the loss changes with the temperature
    search      where a convex function is smallest
    fitting     the best temperature, or why there is none
    picture     all of it for a terminal
    record      all of it for a program

Rows are counted from 0, as NumPy counts them.
"""
