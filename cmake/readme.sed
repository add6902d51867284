# README.md as it is where lure is installed: without what is about the source tree, and with what is hidden there.
/^<!-- source tree -->$/,/^<!-- end -->$/d
/^<!-- installed$/d
/^-->$/d
s,build/bin/lure,lure,g
