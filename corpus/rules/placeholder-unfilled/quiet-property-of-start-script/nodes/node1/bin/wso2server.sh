#!/bin/sh
$JAVACMD \
    -DDB_HOST=db.corp.test \
    org.wso2.carbon.bootstrap.Bootstrap $*
