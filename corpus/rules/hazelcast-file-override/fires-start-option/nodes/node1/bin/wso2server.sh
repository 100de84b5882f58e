#!/bin/sh
$JAVACMD \
    -Dhazelcast.config=/etc/wso2/hazelcast.xml \
    org.wso2.carbon.bootstrap.Bootstrap
