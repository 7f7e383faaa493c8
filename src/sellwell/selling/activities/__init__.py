"""Being in touch with customers: calls, mails, messages and notes, the day's agenda and route, the calendar feed."""
