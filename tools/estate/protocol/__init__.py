"""AWS's wire protocols, by botocore's service models: json, query, ec2, rest-json, rest-xml, smithy-rpc-v2-cbor.

``wire`` says what arrived, ``models`` finds service and operation, ``parse`` and ``validate`` read the parameters,
``serialize`` writes results and errors.
"""
