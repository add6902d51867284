#include "testhost/message.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>

bool message_fail(char *message, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    vsnprintf(message, HOST_MESSAGE, format, values);
    va_end(values);
    return false;
}

bool message_no_memory(char *message)
{
    return message_fail(message, TEXT_NO_MEMORY);
}
