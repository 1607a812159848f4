"""What answers on a port: hubs that deliver, and whoever watches over the processes."""
