#!/bin/sh
# generate.sh TITLE FOLDER: a page for every text in pages/, and an index of them.
set -eu
title=$1 folder=$2
for text in pages/*.txt; do
    name=$(basename "$text" .txt)
    echo "page $name"
    {
        echo "<!doctype html><title>$title: $name</title><h1>$name</h1>"
        sed 's/.*/<p>&<\/p>/' "$text"
    } >"$folder/$name.html"
done
set -- "$folder"/*.html
{
    echo "<!doctype html><title>$title</title><h1>$title</h1><ul>"
    for page; do
        name=$(basename "$page")
        echo "<li><a href=\"$name\">${name%.html}</a></li>"
    done
    echo "</ul>"
} >"$folder/index.html"
