#include "event/eventtable.h"

#include <string.h>

#define U 1
#define O 2
#define W 4

/* The parameters of all events, each list ended by one without a name. */
#define P(name, type) {#name, PARAMETER_##type},
#define E(number, symbol, name, flags, ...)                                                                  \
    static const struct parameter_info parameters_##number[] = {__VA_ARGS__{NULL, PARAMETER_UINT8}};
#include "event/eventtable.def"
#undef E
#undef P

#define P(name, type)
#define E(number, symbol, name, flags, ...)                                                                  \
    [number] = {#symbol,                                                                                     \
                name,                                                                                        \
                ((flags)&U) != 0,                                                                            \
                ((flags)&O) != 0,                                                                            \
                ((flags)&W) != 0,                                                                            \
                sizeof(parameters_##number) / sizeof(parameters_##number[0]) - 1,                            \
                parameters_##number},
static const struct event_info events[] = {
#include "event/eventtable.def"
};
#undef E

#define E(number, symbol, name, flags, ...) ((flags)&U) != 0 ? "" : name,
static const char *const names[] = {
#include "event/eventtable.def"
    NULL};
#undef E
#undef P

#define COUNT (sizeof(events) / sizeof(events[0]))

const struct event_info *event_info(uint16_t type)
{
    return type < COUNT ? &events[type] : NULL;
}

size_t event_types_named(const char *name, uint16_t *types, size_t room)
{
    size_t count = 0;

    for (size_t type = 0; type < COUNT; type++) {
        const struct event_info *info = &events[type];

        if (!info->unused && (strcmp(info->name, name) == 0 || strcmp(info->symbol, name) == 0)) {
            if (count < room) {
                types[count] = (uint16_t)type;
            }
            count++;
        }
    }
    return count;
}

const char *const *event_names(void)
{
    return names;
}
