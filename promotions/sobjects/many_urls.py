"""The paths of calls about many records, and of what changed; they come before those of single
records, which they look like."""

from promotions.sobjects.routing import NAME, data_path
from promotions.sobjects.views import collections, composite, replication

_FIELD = r"(?P<field>[A-Za-z][A-Za-z0-9_.]*)"

urlpatterns = [
    data_path("composite", composite.CompositeView),
    data_path("composite/batch", composite.BatchView),
    data_path("composite/graph", composite.GraphView),
    data_path(rf"composite/tree/{NAME}", composite.TreeView),
    data_path("composite/sobjects", collections.CollectionView),
    data_path(rf"composite/sobjects/{NAME}", collections.RetrieveManyView),
    data_path(rf"composite/sobjects/{NAME}/{_FIELD}", collections.UpsertManyView),
    data_path(rf"sobjects/{NAME}/updated", replication.UpdatedView),
    data_path(rf"sobjects/{NAME}/deleted", replication.DeletedView),
    data_path("recent", replication.RecentView),
]
