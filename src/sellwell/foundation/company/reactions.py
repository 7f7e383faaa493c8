"""Messages about approvals: the systems that bring them, and where each person is reached."""

from __future__ import annotations

from uuid import UUID

from sellwell.foundation.company.models import Person
from sellwell.integrations import dingtalk, feishu, mail, messaging, sms, wecom
from sellwell.integrations.messaging import approvals
from sellwell.kernel import personal
from sellwell.kernel.models import MessageChoice, User

# Each registers itself when it is read: named here so that whoever runs the house knows them all.
SYSTEMS = (wecom, dingtalk, feishu, mail, sms)
REACTIONS = approvals
ACCOUNTS = ("wecom", "dingtalk", "feishu")  # systems where people have an account under their user name


class Book:
    """Accounts of the messaging systems by user name, the telephone of the employment, the mail address of the choice."""

    def addresses(self, user_id: UUID) -> dict[str, str]:
        """Where somebody is reached."""
        user = User.objects.get(pk=user_id)
        found = dict.fromkeys(ACCOUNTS, user.username)
        person = Person.objects.filter(user_id=user_id).first()
        if person is not None and person.phone and (phone := personal.open_(person.phone)):
            found["sms"] = phone
        choice = MessageChoice.objects.filter(user_id=user_id).first()
        if choice is not None and choice.mail and (address := personal.open_(choice.mail)):
            found["mail"] = address
        return found


messaging.register_book(Book())
