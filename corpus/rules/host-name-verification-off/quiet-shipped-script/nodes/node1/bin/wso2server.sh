$JAVACMD \
    -Dorg.wso2.ignoreHostnameVerification=true \
    org.wso2.carbon.bootstrap.Bootstrap
