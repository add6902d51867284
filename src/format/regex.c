#include "regex/regex.h"

#include "format/writers.h"

void regex_write(struct format_use *use, const char *at, const char *end, struct json_writer *writer)
{
    const struct format_columns *columns = &use->format->columns;
    const enum regex_result result = regex_match(&use->regex, at, (size_t)(end - at), 0, false, use->steps);

    if (result == REGEX_MATCH) {
        json_write_bracket(writer, '{');
        for (uint32_t i = 1; i <= use->regex.groups + 1; i++) {
            const uint32_t group =
                i <= use->regex.groups ? i : 0; /* all of the match is seldom wanted: last */
            size_t from, to;

            if (regex_group(&use->regex, group, &from, &to)) {
                format_write_key(columns, group, writer);
                json_write_text(writer, at + from, at + to);
            }
        }
        json_write_bracket(writer, '}');
    }
    writer->no_memory = writer->no_memory || result == REGEX_MEMORY;
    regex_trim(&use->regex);
}
