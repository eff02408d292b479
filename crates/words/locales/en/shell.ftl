### Tray and window titles.
