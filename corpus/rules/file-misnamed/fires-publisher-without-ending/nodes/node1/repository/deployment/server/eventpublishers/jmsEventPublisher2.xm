<eventPublisher/>
