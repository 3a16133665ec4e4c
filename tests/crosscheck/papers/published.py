"""What each claim finds of the models as they are published, computed once a process."""

from functools import cache

from threadpoolctl import threadpool_limits

from crosscheck.papers import as_published, find_claim


@cache
def published(identifier):
    """The evidence for a claim."""
    with threadpool_limits(limits=1):
        return find_claim(identifier).check(as_published)
