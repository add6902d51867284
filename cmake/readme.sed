# README.md as it is where lure is installed: without what is about the source tree.
/^<!-- source tree -->$/,/^<!-- end -->$/d
s,build/bin/lure,lure,g
