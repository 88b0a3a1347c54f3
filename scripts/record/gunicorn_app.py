"""The shop that gunicorn serves: a few paths, each with its own pace and its own way to fail."""

import time


def application(environ, start_response):
    path = environ["PATH_INFO"]
    # The visitor's number decides, so that a repeated load gets the same answers.
    number = int(environ.get("QUERY_STRING") or 0)
    if path == "/slow":
        time.sleep(0.004 + number % 7 * 0.002)
    status = "200 OK"
    if path == "/missing":
        status = "404 Not Found"
    elif path == "/old":
        status = "302 Found"
    elif path == "/flaky" and number % 5 == 0:
        status = "503 Service Unavailable"
    elif path == "/broken":
        raise ValueError("this path always fails, to show an error in the statistics")
    body = f"{path} {number}\n".encode()
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
