//! The city's time zone is stored with the data. A start with another one is refused before a port is served.

use anyhow::Result;
use e2e::{Process, run};
use sqlx::{ConnectOptions, PgPool};

const SECRET: &str = "a secret of the tests that is long enough to be one";

async fn refusal(arguments: &[&str], environment: &[(&str, &str)]) -> String {
    match run(arguments, environment).await {
        Ok(said) => panic!("`ioc {}` was not refused: {said}", arguments.join(" ")),
        Err(error) => error.to_string(),
    }
}

#[sqlx::test(migrations = false)]
async fn the_first_start_chooses_and_later_ones_must_agree(pool: PgPool) -> Result<()> {
    let url = pool.connect_options().to_url_lossy().to_string();
    let environment = [("DATABASE_URL", url.as_str()), ("IOC_SECRET", SECRET), ("IOC_LOG", "error")];
    let data = tempfile::tempdir()?;
    let data_dir = data.path().to_string_lossy();

    let early = refusal(&["serve", "directory", "--listen", "127.0.0.1:0"], &environment).await;
    assert!(early.contains("`ioc migrate`"), "{early}");

    let said = run(&["migrate", "--time-zone", "Asia/Bangkok"], &environment).await?;
    assert!(said.ends_with("counts its days in Asia/Bangkok\n"), "{said}");

    let other = ["--time-zone", "UTC"];
    let listen = ["--listen", "127.0.0.1:0"];
    for command in [
        &["migrate"][..],
        &["sample", "hanoi"],
        &["serve", "tasks", listen[0], listen[1]],
        &["up", listen[0], listen[1], "--data-dir", &data_dir],
    ] {
        let sentence = refusal(&[command, &other].concat(), &environment).await;
        assert_eq!(
            sentence.trim(),
            "ioc: --time-zone (IOC_TIME_ZONE) is UTC, but this database counts its days in Asia/Bangkok, which cannot be \
             changed once days are stored; leave the option out or use a new database",
            "{command:?}"
        );
    }
    let sentence = refusal(&["migrate"], &[&environment[..], &[("IOC_TIME_ZONE", "UTC")]].concat()).await;
    assert!(sentence.contains("is UTC, but"), "{sentence}");

    // Without the option the stored time zone is used; the same one is accepted as an option.
    let said = run(&["migrate"], &environment).await?;
    assert!(said.ends_with("counts its days in Asia/Bangkok\n"), "{said}");
    for zone in [&[][..], &["--time-zone", "Asia/Bangkok"]] {
        let arguments = [&["serve", "directory", listen[0], listen[1]], zone].concat();
        Process::start(&arguments, &environment).await?;
    }
    let sample = refusal(&["sample", "hanoi"], &environment).await;
    assert!(sample.contains("Asia/Ho_Chi_Minh") && sample.contains("Asia/Bangkok"), "{sample}");
    Ok(())
}

#[sqlx::test(migrations = false)]
async fn a_new_database_counts_its_days_in_vietnam(pool: PgPool) -> Result<()> {
    let url = pool.connect_options().to_url_lossy().to_string();
    let said = run(&["migrate"], &[("DATABASE_URL", &url)]).await?;
    assert!(said.ends_with("counts its days in Asia/Ho_Chi_Minh\n"), "{said}");
    let unknown = refusal(&["migrate", "--time-zone", "Hanoi"], &[("DATABASE_URL", &url)]).await;
    assert!(unknown.contains("IANA"), "{unknown}");
    Ok(())
}
