#!/bin/sh
JAVA_OPTS="$JAVA_OPTS -DavoidConfigUpdate=true"
