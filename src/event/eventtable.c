#include "event/eventtable.h"

#include <stddef.h>
#include <string.h>

#define U 1
#define O 2
#define W 4

/* All names, each as a member of one struct, so that their offsets are compile-time constants. */
#define P(name, type) #name "\0"
#define E(number, symbol, name, flags, ...)                                                                  \
    char symbol_##number[sizeof(#symbol)];                                                                   \
    char name_##number[sizeof(name)];                                                                        \
    char names_##number[sizeof("" __VA_ARGS__)];
struct texts {
#include "event/eventtable.def"
};
#undef E

#define E(number, symbol, name, flags, ...)                                                                  \
    .symbol_##number = #symbol, .name_##number = name, .names_##number = "" __VA_ARGS__,
static const struct texts texts = {
#include "event/eventtable.def"
};
#undef E
#undef P

/* The types of all parameters, in the same way; with one member more, since an empty list would be no array.
 */
#define P(name, type)                       PARAMETER_##type,
#define E(number, symbol, name, flags, ...) uint8_t types_##number[sizeof((const uint8_t[]){__VA_ARGS__ 0})];
struct types {
#include "event/eventtable.def"
};
#undef E

#define E(number, symbol, name, flags, ...) .types_##number = {__VA_ARGS__ 0},
static const struct types types = {
#include "event/eventtable.def"
};
#undef E
#undef P

struct place {
    uint16_t symbol, name, names, types;
    uint8_t flags, count;
};

#define P(name, type) +1
#define E(number, symbol, name, flags, ...)                                                                  \
    [number] = {offsetof(struct texts, symbol_##number),                                                     \
                offsetof(struct texts, name_##number),                                                       \
                offsetof(struct texts, names_##number),                                                      \
                offsetof(struct types, types_##number),                                                      \
                flags,                                                                                       \
                0 __VA_ARGS__},
static const struct place places[] = {
#include "event/eventtable.def"
};
#undef E
#undef P

_Static_assert(sizeof(places) / sizeof(places[0]) == EVENT_TYPES, "the header says how many there are");
_Static_assert(sizeof(texts) <= UINT16_MAX && sizeof(types) <= UINT16_MAX, "places are numbers of 16 bits");

static const char *text_at(uint16_t place)
{
    return (const char *)&texts + place;
}

bool event_info(uint16_t type, struct event_info *info)
{
    const struct place *place = &places[type < EVENT_TYPES ? type : 0];

    *info = (struct event_info){
        .symbol = text_at(place->symbol),
        .name = text_at(place->name),
        .unused = (place->flags & U) != 0,
        .old = (place->flags & O) != 0,
        .wide = (place->flags & W) != 0,
        .count = place->count,
        .names = text_at(place->names),
        .types = (const uint8_t *)&types + place->types,
    };
    return type < EVENT_TYPES;
}

size_t event_types_named(const char *name, uint16_t *found, size_t room)
{
    size_t count = 0;

    for (uint16_t type = 0; type < EVENT_TYPES; type++) {
        const struct place *place = &places[type];

        if ((place->flags & U) == 0 &&
            (strcmp(text_at(place->name), name) == 0 || strcmp(text_at(place->symbol), name) == 0)) {
            if (count < room) {
                found[count] = type;
            }
            count++;
        }
    }
    return count;
}

void event_names(const char *names[EVENT_TYPES + 1])
{
    for (uint16_t type = 0; type < EVENT_TYPES; type++) {
        names[type] = (places[type].flags & U) != 0 ? "" : text_at(places[type].name);
    }
    names[EVENT_TYPES] = NULL;
}
