"""Messages about approvals: the systems that bring them, and where each person is reached."""

from __future__ import annotations

from sellwell.foundation.company import connections
from sellwell.integrations import dingtalk, feishu, mail, messaging, sms, wecom
from sellwell.integrations.messaging import approvals

# Each registers itself when it is read: named here so that whoever runs the house knows them all.
SYSTEMS = (wecom, dingtalk, feishu, mail, sms)
REACTIONS = approvals

messaging.register_book(connections.Book())
messaging.register_connections(connections.REGISTER)
