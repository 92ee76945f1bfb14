// Form of the development server: the headers of a caller with any role, organization and area.
import { useGraphiQL } from '@graphiql/react';
import { type FormEvent, useState } from 'react';

const VISITOR = '';

/** The headers of such a caller as text; throws the server's message when it refuses. */
export async function headersOf(role: string, organization: string, area: string): Promise<string> {
  if (role === VISITOR) return '{}';
  const response = await fetch('/playground/view-as', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ role, organization, area }),
  });
  if (!response.ok) throw new Error(await response.text());
  return JSON.stringify(await response.json(), null, 2);
}

export function ViewAs({ roles }: { roles: string[] }) {
  const headerEditor = useGraphiQL((state) => state.headerEditor);
  const [role, setRole] = useState('ADMIN');
  const [organization, setOrganization] = useState('');
  const [area, setArea] = useState('');
  const [outcome, setOutcome] = useState('');

  const apply = async (event: FormEvent) => {
    event.preventDefault();
    try {
      headerEditor?.setValue(await headersOf(role, organization, area));
      setOutcome(role === VISITOR ? 'Khách / Visitor' : role);
    } catch (error) {
      setOutcome(error instanceof Error ? error.message : String(error));
    }
  };

  return (
    <form className="view-as" onSubmit={(event) => void apply(event)}>
      <label>
        <span lang="vi">Xem với vai trò</span> · <span lang="en">View as</span>{' '}
        <select value={role} onChange={(event) => setRole(event.target.value)}>
          <option value={VISITOR}>Khách / Visitor</option>
          {roles.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label>
        <span lang="vi">Cơ quan</span> · <span lang="en">Organization</span>{' '}
        <input
          value={organization}
          placeholder="SXD"
          onChange={(event) => setOrganization(event.target.value)}
        />
      </label>
      <label>
        <span lang="vi">Địa bàn</span> · <span lang="en">Area</span>{' '}
        <input value={area} placeholder="00004" onChange={(event) => setArea(event.target.value)} />
      </label>
      <button type="submit" disabled={!headerEditor}>
        <span lang="vi">Áp dụng</span> · <span lang="en">Apply</span>
      </button>
      <output role="status">{outcome}</output>
    </form>
  );
}
