### Native notifications.
