"""The tables of customers, one file per concept."""

from sellwell.foundation.customers.models.depth import (
    BankAccount,
    GroupMembership,
    TaxTitle,
    TeamMember,
    TeamRole,
    ValueSource,
    WhereFrom,
)
from sellwell.foundation.customers.models.merges import (
    MatchPair,
    MatchRun,
    Merge,
    MergeState,
    PairState,
    RunState,
)
from sellwell.foundation.customers.models.parties import (
    BLIND,
    LIVE,
    Address,
    AddressKind,
    Contact,
    ContactWay,
    Customer,
    CustomerState,
    Grade,
    Influence,
    Party,
    PartyKind,
    PurchaseRole,
    SalesChannel,
)
