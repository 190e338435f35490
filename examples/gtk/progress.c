/* Follows a job in a window that stays responsive: a progress bar, Cancel, a close button that works at any time.
 *
 *   progress [JOB_ID]     with NITRO_BASE_URL and NITRO_TOKEN in the environment
 *
 *   cc progress.c $(pkg-config --cflags --libs gtk+-3.0 nitro_jobs) -o progress
 *
 * Two threads. GTK's thread draws and never waits for the network; a worker waits and never uses a widget. The worker sends
 * reports to GTK's thread through g_idle_add(); GTK's thread stops the worker through a cancel token.
 * Exits with 0 when the window is closed, 1 if the environment cannot be used. */
#include <gtk/gtk.h>
#include <nitro_jobs.h>

/* Belongs to GTK's thread. */
typedef struct {
    GtkWidget *window, *id, *follow, *bar, *text, *ticket, *cancel_button;
    nitro_client_t *client;
    GThread *worker;        /* NULL if no wait is running. */
    nitro_cancel_t *cancel; /* The token of that wait. */
    guint pulse;            /* The timer that pulses the bar while the progress is unknown; 0 if none. */
    gboolean closing;
} application;

/* Belongs to the worker. */
typedef struct {
    application *app; /* Passed on with each report, never read here. */
    nitro_job_t *job;
    nitro_cancel_t *cancel;
} wait_task;

/* A message from the worker to GTK's thread. */
typedef struct {
    application *app;
    double progress; /* From 0.0 to 1.0; -1.0 if it is unknown. */
    gboolean ended;
    char *title, *text;
} report;

static gboolean on_report(gpointer data);

/* ---- The worker ---- */

static void post(application *app, double progress, gboolean ended, const char *title, const char *text) {
    report *message = g_new(report, 1);
    *message = (report){app, progress, ended, g_strdup(title), g_strdup(text)};
    g_idle_add(on_report, message);
}

static int32_t on_progress(const nitro_status_t *status, void *user_data) {
    wait_task *task = user_data;
    double progress = nitro_status_progress(status);
    char *percent = progress < 0.0 ? g_strdup("waiting") : g_strdup_printf("%.0f %%", progress * 100.0);
    char *text = g_strdup_printf("The job is %s.", nitro_status_name(status));
    post(task->app, progress, FALSE, percent, text);
    g_free(percent);
    g_free(text);
    return 0;
}

static gpointer wait_for_job(gpointer data) {
    wait_task *task = data;
    nitro_error_t *err = NULL;
    nitro_code_t code = nitro_job_wait(task->job, on_progress, task, task->cancel, -1, NULL, &err);
    if (code == NITRO_OK)
        post(task->app, 1.0, TRUE, "completed", "Completed: the result can be saved.");
    else if (code == NITRO_E_CANCELLED)
        post(task->app, -1.0, TRUE, "cancelled", "Cancelled. The job itself goes on at the service.");
    else
        post(task->app, -1.0, TRUE, "no result", nitro_error_message(err));
    nitro_error_free(err);
    nitro_job_free(task->job);
    g_free(task);
    return NULL;
}

/* ---- GTK's thread ---- */

static void show_state(application *app, const char *title, const char *text) {
    char *name = g_strdup_printf("Nitro job: %s", title);
    gtk_window_set_title(GTK_WINDOW(app->window), name);
    gtk_label_set_text(GTK_LABEL(app->text), text);
    g_free(name);
}

static gboolean pulse(gpointer bar) {
    gtk_progress_bar_pulse(bar);
    return G_SOURCE_CONTINUE;
}

static void set_pulsing(application *app, gboolean pulsing) {
    if (pulsing && app->pulse == 0) app->pulse = g_timeout_add(100, pulse, app->bar);
    if (!pulsing && app->pulse != 0) {
        g_source_remove(app->pulse);
        app->pulse = 0;
    }
}

static void set_waiting(application *app, gboolean waiting) {
    gtk_widget_set_sensitive(app->id, !waiting);
    gtk_widget_set_sensitive(app->follow, !waiting);
    gtk_widget_set_sensitive(app->cancel_button, waiting);
    set_pulsing(app, waiting);
}

static gboolean on_report(gpointer data) {
    report *message = data;
    application *app = message->app;
    if (message->progress >= 0.0) {
        set_pulsing(app, FALSE);
        gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(app->bar), message->progress);
    }
    if (message->ended) {
        g_thread_join(app->worker); /* This was its last report, so this does not block. */
        nitro_cancel_free(app->cancel);
        app->worker = NULL;
        app->cancel = NULL;
        set_waiting(app, FALSE);
        if (app->closing) gtk_main_quit();
    }
    /* "Cancelling ..." stays until the wait has ended. */
    if (message->ended || !nitro_cancel_is_triggered(app->cancel)) show_state(app, message->title, message->text);
    g_free(message->title);
    g_free(message->text);
    g_free(message);
    return G_SOURCE_REMOVE;
}

static void on_follow(GtkWidget *widget, gpointer data) {
    application *app = data;
    nitro_job_t *job = NULL;
    nitro_error_t *err = NULL;
    char *ticket = NULL;
    (void)widget;
    /* None of these blocks. */
    nitro_code_t code = nitro_job_from_id(app->client, gtk_entry_get_text(GTK_ENTRY(app->id)), &job, &err);
    if (code == NITRO_OK) code = nitro_job_json(job, &ticket, NULL, &err);
    if (code != NITRO_OK) {
        show_state(app, "no job", nitro_error_message(err));
        nitro_error_free(err);
        nitro_job_free(job);
        return;
    }
    gtk_label_set_text(GTK_LABEL(app->ticket), ticket); /* Enough to resume the job: a real program stores it. */
    gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(app->bar), 0.0);
    show_state(app, "waiting", "Requesting the status ...");
    set_waiting(app, TRUE);
    nitro_string_free(ticket);

    app->cancel = nitro_cancel_new();
    wait_task *task = g_new(wait_task, 1);
    *task = (wait_task){app, job, app->cancel};
    app->worker = g_thread_new("wait", wait_for_job, task);
}

static void on_cancel(GtkWidget *widget, gpointer data) {
    application *app = data;
    gtk_widget_set_sensitive(widget, FALSE);
    show_state(app, "cancelling", "Cancelling ...");
    nitro_cancel_trigger(app->cancel); /* Returns at once; the end of the wait comes as a report. */
}

static void on_details(GtkToggleButton *button, gpointer data) {
    application *app = data;
    gtk_widget_set_visible(app->ticket, gtk_toggle_button_get_active(button));
}

/* Hides the window at once. The program ends with the wait, which returns milliseconds after the trigger. */
static gboolean on_close(GtkWidget *window, GdkEvent *event, gpointer data) {
    application *app = data;
    (void)event;
    gtk_widget_hide(window);
    app->closing = TRUE;
    nitro_cancel_trigger(app->cancel);
    if (app->worker == NULL) gtk_main_quit();
    return TRUE;
}

static GtkWidget *label(void) {
    GtkWidget *label = gtk_label_new(NULL);
    gtk_label_set_xalign(GTK_LABEL(label), 0.0F);
    gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_line_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
    gtk_label_set_max_width_chars(GTK_LABEL(label), 48);
    gtk_label_set_selectable(GTK_LABEL(label), TRUE);
    gtk_widget_set_can_focus(label, FALSE);
    return label;
}

static GtkWidget *row(GtkWidget *left, gboolean expands, GtkWidget *right) {
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
    gtk_box_pack_start(GTK_BOX(row), left, expands, expands, 0);
    gtk_box_pack_end(GTK_BOX(row), right, FALSE, FALSE, 0);
    return row;
}

static void build(application *app) {
    GtkWidget *header = gtk_header_bar_new();
    GtkWidget *details = gtk_toggle_button_new_with_mnemonic("_Details");
    app->window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
    app->id = gtk_entry_new();
    app->follow = gtk_button_new_with_mnemonic("_Follow");
    app->bar = gtk_progress_bar_new();
    app->text = label();
    app->ticket = label();
    app->cancel_button = gtk_button_new_with_mnemonic("_Cancel");

    gtk_header_bar_set_show_close_button(GTK_HEADER_BAR(header), TRUE);
    gtk_window_set_titlebar(GTK_WINDOW(app->window), header);
    gtk_window_set_resizable(GTK_WINDOW(app->window), FALSE);
    gtk_progress_bar_set_show_text(GTK_PROGRESS_BAR(app->bar), TRUE);
    gtk_entry_set_placeholder_text(GTK_ENTRY(app->id), "Job id");

    GtkWidget *rows = gtk_box_new(GTK_ORIENTATION_VERTICAL, 14);
    gtk_container_set_border_width(GTK_CONTAINER(rows), 18);
    gtk_widget_set_size_request(rows, 440, -1);
    gtk_container_add(GTK_CONTAINER(rows), row(app->id, TRUE, app->follow));
    gtk_container_add(GTK_CONTAINER(rows), app->bar);
    gtk_container_add(GTK_CONTAINER(rows), app->text);
    gtk_container_add(GTK_CONTAINER(rows), app->ticket);
    gtk_container_add(GTK_CONTAINER(rows), row(details, FALSE, app->cancel_button));
    gtk_container_add(GTK_CONTAINER(app->window), rows);
    gtk_widget_show_all(rows);
    gtk_widget_hide(app->ticket);
    gtk_widget_show(header);

    g_signal_connect(app->window, "delete-event", G_CALLBACK(on_close), app);
    g_signal_connect(app->id, "activate", G_CALLBACK(on_follow), app);
    g_signal_connect(app->follow, "clicked", G_CALLBACK(on_follow), app);
    g_signal_connect(app->cancel_button, "clicked", G_CALLBACK(on_cancel), app);
    g_signal_connect(details, "toggled", G_CALLBACK(on_details), app);
}

int main(int argc, char **argv) {
    application app = {0};
    nitro_options_t *options = NULL;
    nitro_error_t *err = NULL;

    gtk_init(&argc, &argv);
    nitro_code_t code = nitro_options_from_env(&options, &err);
    if (code == NITRO_OK) code = nitro_client_new(options, &app.client, &err);
    if (code == NITRO_OK) {
        build(&app);
        set_waiting(&app, FALSE);
        show_state(&app, "ready", "Enter the id of a job to follow.");
        if (argc > 1) {
            gtk_entry_set_text(GTK_ENTRY(app.id), argv[1]);
            on_follow(NULL, &app);
        }
        gtk_widget_show(app.window);
        gtk_main();
        gtk_widget_destroy(app.window);
    }
    if (code != NITRO_OK) g_printerr("%s: %s\n", nitro_code_name(code), nitro_error_message(err));
    nitro_error_free(err);
    nitro_client_free(app.client);
    nitro_options_free(options);
    return code != NITRO_OK;
}
