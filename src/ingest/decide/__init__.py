"""One article at a time, what it is and what it tells: the stages' verdicts put together, on one view of the partition.

    Desk        the worker's handler: prepare, decide a turn, commit it
    parent      which stored version it is a copy or revision of, if any        (dedupe)
    home        which story it belongs to, where it has no parent               (stories)
    tell        what it adds, and the rows and the event that say so            (stories, events)

The stages do not know one another; the order of the questions is here: relation first, so that a copy or revision joins
its text's story without a vote; what is left is placed.
"""
