#include "base/teller.h"

#include <stdarg.h>
#include <stdio.h>

void teller_say(const struct teller *teller, bool grave, const char *format, ...)
{
    char text[2048];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    teller->tell(teller->owner, grave, text);
}
