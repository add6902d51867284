# reference.py FILE: what Python's libraries say to the cases of text_spec.lua, a line each: a function, and its arguments
# in hexadecimal digits. Results are in hexadecimal digits, too: parts with "," behind each, records with ";".
import csv
import fnmatch
import io
import sys
import urllib.parse

csv.field_size_limit(1 << 30)


def parts(values):
    return "".join(value.hex() + "," for value in values)


def read_csv(text, separator):
    reader = csv.reader(io.StringIO(text.decode("latin-1"), newline=""), delimiter=separator.decode("latin-1"), strict=True)
    try:
        return "".join(parts(value.encode("latin-1") for value in record) + ";" for record in reader if record)
    except csv.Error:
        return "wrong"


def read_query(text):
    query = {}
    for name, value in urllib.parse.parse_qsl(text.decode("latin-1"), keep_blank_values=True, encoding="latin-1", max_num_fields=None):
        query.setdefault(name.encode("latin-1"), value.encode("latin-1"))
    return parts(part for pair in sorted(query.items()) for part in pair)


def is_utf8(text):
    try:
        text.decode("utf-8")
        return "valid"
    except UnicodeDecodeError as error:
        return str(error.start + 1)


functions = {
    "split": lambda text, separator, most: parts(text.split(separator, int(most) - 1)),
    "words": lambda text, most: parts(text.split(None, int(most) - 1)),
    "trim": lambda text: text.strip().hex(),
    "csv": read_csv,
    "url": lambda text: urllib.parse.unquote_to_bytes(text).hex(),
    "query": read_query,
    "glob": lambda pattern, text: str(fnmatch.fnmatchcase(text, pattern)).lower(),
    "is_utf8": is_utf8,
    "utf8": lambda text: text.decode("utf-8", "replace").encode("utf-8").hex(),
}

for line in open(sys.argv[1]):
    name, *arguments = line.rstrip("\n").split(" ")
    print(functions[name](*(bytes.fromhex(argument) for argument in arguments)))
