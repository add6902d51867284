#include "testhost/message.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void message_end_whole(char *message)
{
    size_t length = strlen(message), begin = length;

    while (begin > 0 && length - begin < 3 && ((unsigned char)message[begin - 1] & 0xC0) == 0x80) {
        begin--;
    }
    if (length == HOST_MESSAGE - 1 && begin > 0 && (unsigned char)message[begin - 1] >= 0xC0) {
        message[begin - 1] = '\0'; /* the character may be whole: it does not matter */
    }
}

bool message_fail(char *message, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    vsnprintf(message, HOST_MESSAGE, format, values);
    va_end(values);
    message_end_whole(message);
    return false;
}

bool message_no_memory(char *message)
{
    return message_fail(message, TEXT_NO_MEMORY);
}
