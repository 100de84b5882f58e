JAVA_OPTS="$JAVA_OPTS -Dprofile=gateway-worker"
