# Prints the targets of a Makefile, each with the first sentence of the comment above it. Variables may stand between the two.
/^#/ { text = text (text ? " " : "") substr($0, 3); next }
/^[A-Z_]+ [?:]?=/ || /^\.PHONY:/ { next }
/^[a-z][a-z-]*:/ {
    name = $0
    sub(/:.*/, "", name)
    if (text != "" && !(name in listed)) {
        listed[name]
        sub(/[.;] .*/, "", text)
        sub(/[.:]$/, "", text)
        printf "make %-15s %s\n", name, text
    }
}
{ text = "" }
