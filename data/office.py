"""A seat's one door to the centre's store: reads view-models, submits acts. The console knows nothing else.

One `Office` belongs to one thread. Reading never waits for a writer; an act is one short write transaction.
"""
