### The main window.
