# Writes OUTPUT, a C header with the bytes of the file INPUT as an array NAME.

file(READ ${INPUT} hex HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
file(WRITE ${OUTPUT} "static const unsigned char ${NAME}[] = {${bytes}};\n")
