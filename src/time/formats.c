#include "time/formats.h"

#include <stddef.h>

const char *format_of(char letter)
{
    static const struct {
        char letter;
        char format[23];
    } formats[] = {
        {'F', "%Y-%m-%d"}, {'T', "%H:%M:%S"},    {'R', "%H:%M"},    {'D', "%m/%d/%y"},
        {'x', "%m/%d/%y"}, {'r', "%I:%M:%S %p"}, {'X', "%H:%M:%S"}, {'c', "%a %b %e %H:%M:%S %Y"},
    };

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (formats[i].letter == letter) {
            return formats[i].format;
        }
    }
    return NULL;
}
