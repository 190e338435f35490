import sys, threading, nitro_jobs
cancel = nitro_jobs.CancelToken()
with nitro_jobs.Client.from_env() as client:  # NITRO_BASE_URL, NITRO_TOKEN
    client.job(sys.argv[1]).wait(lambda status: print(status.name, status.progress))
    client.job(sys.argv[1]).download("result.pdf")
    threading.Timer(0.5, cancel.trigger).start()  # Or press Ctrl-C.
    try:
        client.job(sys.argv[2]).wait(cancel=cancel)
    except nitro_jobs.CancelledError as error:
        print("the job continues:", error.ticket)
