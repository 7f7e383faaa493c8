"""The tables of relations, one file per concept."""

from sellwell.foundation.relations.models.groups import (
    Cluster,
    ClusterRun,
    ClusterState,
    Field,
    Mark,
    Op,
    Segment,
    SegmentMode,
    Tag,
    TagKind,
)
from sellwell.foundation.relations.models.pools import Pool, PoolMove, PoolMoveKind
from sellwell.foundation.relations.models.standing import (
    Abc,
    GradeChange,
    GradeChangeKind,
    GradeChangeState,
    RfmClass,
    Run,
    Stage,
    StageMove,
    StagePlan,
    Standing,
)

__all__ = [
    "Abc", "Cluster", "ClusterRun", "ClusterState", "Field", "GradeChange", "GradeChangeKind", "GradeChangeState", "Mark",
    "Op", "Pool", "PoolMove", "PoolMoveKind", "RfmClass", "Run", "Segment", "SegmentMode", "Stage", "StageMove",
    "StagePlan", "Standing", "Tag", "TagKind",
]  # fmt: skip
